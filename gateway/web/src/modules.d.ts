declare module '@asyncapi/react-component/browser/without-parser' {
  import type { FC } from 'react'
  const AsyncApi: FC<{ schema: object; config?: object }>
  export default AsyncApi
}
